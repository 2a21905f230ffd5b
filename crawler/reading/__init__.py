"""What every reader of a page needs: bytes to a tree, selectors, lines, dates, numbers, addresses, walls."""
