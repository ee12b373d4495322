# Secrets without a version: their values are added by hand (docs/deploy.md) and never seen by terraform or its state.
resource "google_secret_manager_secret" "setting" {
  for_each  = var.names
  project   = var.project
  secret_id = each.key
  replication {
    auto {}
  }
}

# The keys that seal every account's tokens: without them, all have to be connected again.
resource "google_secret_manager_secret" "keyring" {
  project             = var.project
  secret_id           = "rostrum-keyring"
  deletion_protection = true
  replication {
    auto {}
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_secret_manager_secret_iam_member" "setting" {
  for_each  = var.readers
  project   = var.project
  secret_id = google_secret_manager_secret.setting[each.value.secret].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${each.value.account}"
}

resource "google_secret_manager_secret_iam_member" "keyring" {
  for_each  = var.sealers
  project   = var.project
  secret_id = google_secret_manager_secret.keyring.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${each.value}"
}
