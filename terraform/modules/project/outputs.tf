output "id" {
  description = "The project's id, once its services are on."
  value       = var.project
  depends_on  = [google_project_service.used]
}

output "number" {
  description = "The project's number, by which Google's own service accounts are named."
  value       = data.google_project.this.number
}
