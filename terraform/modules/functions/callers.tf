# Who may call what: everybody the functions that the manifest calls http, and the invoker all others.
locals {
  public = toset([for name, row in var.functions : name if row.trigger == "http"])
}

resource "google_cloud_run_v2_service_iam_member" "everybody" {
  for_each = local.public
  project  = var.project
  location = var.region
  name     = local.services[google_cloudfunctions2_function.this[each.key].name]
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = setsubtract(keys(var.functions), local.public)
  project  = var.project
  location = var.region
  name     = local.services[google_cloudfunctions2_function.this[each.key].name]
  role     = "roles/run.invoker"
  member   = "serviceAccount:${var.invoker}"
}
