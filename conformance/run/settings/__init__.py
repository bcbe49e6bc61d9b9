"""The settings of a target: where it is, how it is reached, whose keys are sent; what is wrong with them is told in one sentence."""
