"""How the modules reach the outside world; one package per port, one module per technology."""
