"""Pages without text: drawn as pictures, and read by tesseract where it is installed."""
