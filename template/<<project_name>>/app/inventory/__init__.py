"""What there is to sell: the catalogue's prices and the stock behind them."""
