"""`python -m conformance`: the same as the command `conformance`."""

from conformance.cli.main import main

if __name__ == "__main__":
    main()
