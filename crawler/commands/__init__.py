"""The commands of `xemtiep`, by what they work on; each calls functions that a program can call too.

Heavy modules are imported by the command that needs them, so that `xemtiep --help` answers at once.
"""
