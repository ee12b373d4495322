output "functions" {
  description = "Each function's service account, by the function's name."
  value       = local.accounts
}

output "invoker" {
  description = "The service account whose tokens the internal functions accept."
  value       = local.invoker
}

output "builder" {
  description = "The service account that builds."
  value       = google_service_account.builder.id
  depends_on  = [google_project_iam_member.builder]
}
