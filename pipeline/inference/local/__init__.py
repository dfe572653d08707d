"""A real model on this machine, run by llama.cpp's own server as a process of ours: no key, no network, no price."""
