"""What is made by a program and committed: edges.md, the worksheet, notebooks, screenshots."""
