"""One file a story: what a person asks for, from the first look at the folder to the answer of the site."""
