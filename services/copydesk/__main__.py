"""`python -m copydesk` is the command line."""

from copydesk.app.cli import main

if __name__ == "__main__":
    main()
