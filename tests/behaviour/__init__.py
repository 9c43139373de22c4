"""What people do with it: the commands of README, of the pipeline, of the wheel."""
