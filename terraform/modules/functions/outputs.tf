output "services" {
  description = "The Cloud Run service behind each function."
  value       = { for name, function in google_cloudfunctions2_function.this : name => local.services[function.name] }
}
