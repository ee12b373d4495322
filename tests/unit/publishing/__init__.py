"""The publishing engine on a network whose every word the test writes."""
