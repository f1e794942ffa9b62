"""What our processes need of their machine: clock, service manager, secret files, one server per port."""
