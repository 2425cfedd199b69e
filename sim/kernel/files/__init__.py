"""What a descriptor can point to: one module for each kind of open file."""
