output "media" {
  description = "The bucket for media."
  value       = google_storage_bucket.media.name
}

output "bundles" {
  description = "The bucket for the functions' bundles."
  value       = google_storage_bucket.bundles.name
}
