"""Import every module of the package."""

import sys
from importlib import import_module
from pkgutil import walk_packages


def main() -> None:
    """Print how many modules were imported; the first that cannot be raises what its import raised."""
    names = [
        module.name
        for package in ("conformance", "sandbox", "strategies")
        for module in walk_packages(import_module(package).__path__, f"{package}.")
    ]
    for name in names:
        import_module(name)
    print(f"{len(names)} modules can be imported by Python {sys.version.partition(' ')[0]}")


if __name__ == "__main__":
    main()
