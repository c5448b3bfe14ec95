"""What is allowed: the procedures of the Regulation and the kernel that performs their acts."""
