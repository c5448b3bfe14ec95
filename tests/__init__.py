"""What is promised, shown. The folders mirror those of the packages."""
