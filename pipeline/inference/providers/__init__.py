"""One module per dialect: it builds a request and reads a response, and sends nothing."""
