"""weforge: gives birth to WeChat mini-program backends from one template and a few answers."""
