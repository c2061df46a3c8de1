"""What runs in the child process: started by `sandbox`, and by nobody imported."""
