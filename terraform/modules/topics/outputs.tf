output "dead" {
  description = "The topics of messages that could not be delivered."
  value       = local.dead
}
