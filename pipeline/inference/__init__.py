"""Text to completion: the only room that sends."""
