"""What the tables are held to: the contract written down a second time, and the record of the rules as they are."""
