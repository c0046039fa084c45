"""Worker processes as the service has them: started, given turns, watched, replaced; and the streams they look at."""
