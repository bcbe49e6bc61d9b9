"""The contract as data: the document, the register of requirements, the lifecycle tables, and the validity of a request."""
