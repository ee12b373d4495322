output "dead" {
  description = "The topics of messages that could not be delivered."
  value       = local.dead
}

output "review" {
  description = "The subscription that keeps what a person has to look at."
  value       = google_pubsub_subscription.review.name
}
