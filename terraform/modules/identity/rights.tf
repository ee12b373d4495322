resource "google_project_iam_member" "store" {
  for_each = var.uses.store
  project  = var.project
  role     = "roles/datastore.user"
  member   = "serviceAccount:${local.accounts[each.key]}"
}

# A right for the project, not for each queue: all its queues are ours, and who enqueues does so for every network.
resource "google_project_iam_member" "queue" {
  for_each = var.uses.queue
  project  = var.project
  role     = "roles/cloudtasks.enqueuer"
  member   = "serviceAccount:${local.accounts[each.key]}"
}

# A task carries the invoker's token: whoever makes one must be allowed to act as the invoker.
resource "google_service_account_iam_member" "acts_as_invoker" {
  for_each           = var.uses.queue
  service_account_id = "projects/${var.project}/serviceAccounts/${local.invoker}"
  role               = "roles/iam.serviceAccountUser"
  member             = "serviceAccount:${local.accounts[each.key]}"
}

# URLs of media are signed by IAM in the function's own name: it has no key.
resource "google_service_account_iam_member" "signs_as_itself" {
  for_each           = var.uses.blobs
  service_account_id = "projects/${var.project}/serviceAccounts/${local.accounts[each.key]}"
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = "serviceAccount:${local.accounts[each.key]}"
}

# telemetry.traces.write and nothing more: https://docs.cloud.google.com/iam/docs/roles-permissions/telemetry (2026-11)
resource "google_project_iam_member" "traces" {
  for_each = var.traces ? var.functions : []
  project  = var.project
  role     = "roles/telemetry.tracesWriter"
  member   = "serviceAccount:${local.accounts[each.key]}"
}

resource "google_project_iam_member" "builder" {
  project = var.project
  role    = "roles/cloudbuild.builds.builder"
  member  = "serviceAccount:${local.builder}"
}
