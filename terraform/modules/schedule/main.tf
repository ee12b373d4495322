resource "google_cloud_scheduler_job" "this" {
  for_each         = var.jobs
  project          = var.project
  region           = var.region
  name             = replace(each.key, "_", "-")
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${each.value.timeout_seconds + 5}s"

  http_target {
    http_method = "POST"
    uri         = "${var.functions_url}/${each.key}"
    oidc_token {
      service_account_email = var.invoker
      audience              = "${var.functions_url}/${each.key}"
    }
  }

  # The next run does what this one could not.
  retry_config {
    retry_count = 0
  }
}
