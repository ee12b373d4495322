output "public_url" {
  description = "Where callers and networks reach this installation."
  value       = local.public_url
}

output "webhooks_url" {
  description = "Where networks deliver: {webhooks_url}/webhooks/{platform}."
  value       = local.webhooks_url
}

output "address" {
  description = "What the domain's A record must be, where there is a load balancer."
  value       = one(module.edge[*].address)
}

output "keyring" {
  description = "The secret that needs a first sealing key before anything can be connected."
  value       = module.secrets.keyring
}

output "media_bucket" {
  description = "Where media lie."
  value       = module.storage.media
}
