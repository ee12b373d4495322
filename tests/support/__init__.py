"""What tests share: fakes of the ports, written against the ports' contracts."""
