"""The web server: Dash pages, REST and the push channel on one port, behind one gate."""
