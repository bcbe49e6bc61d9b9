"""The contract as data: the OpenAPI document and the register of requirements."""
