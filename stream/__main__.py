"""The `stream` command, as it is installed and as `python -m stream`."""

import gc


def run() -> None:
    """Load the site's code, then do as the command line says."""
    gc.disable()  # loading makes very much and drops next to nothing: the search for garbage was a tenth of a start
    from stream.cli import main

    gc.freeze()  # what was loaded stays: no later search goes through it
    gc.enable()
    main()


if __name__ == "__main__":
    run()
