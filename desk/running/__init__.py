"""What keeps the service running: started, watched, examined, measured."""
