"""What time brings: scheduled flows that perform deadlines, remind, deliver, seal and watch."""
