"""The pages: what each shows, and how forms, votes, calendars and diagrams are drawn."""
