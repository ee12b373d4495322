output "keyring" {
  description = "The name of the secret that holds the sealing keys."
  value       = google_secret_manager_secret.keyring.secret_id
}
