output "address" {
  description = "The load balancer's address."
  value       = google_compute_global_address.this.address
}
