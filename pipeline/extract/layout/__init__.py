"""Where things stand on a page, to lines in the order in which a person reads them. Pure: pieces with their places in, text out."""
