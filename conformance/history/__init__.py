"""Facts only: what the exchanges of a history establish, without any judgement."""
