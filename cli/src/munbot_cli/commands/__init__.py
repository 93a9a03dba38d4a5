"""The commands of ./munbot, one module per group."""
