"""What builds the site, without building it. The site itself is tested in tests/site."""
