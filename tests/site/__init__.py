"""The site that `make site` has built, in Chromium (`make test-site`)."""
