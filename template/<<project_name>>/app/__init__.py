"""A WeChat mini-program backend: modules in the middle, adapters and the web around them."""
