# Media of posts, and exports. Reached by signed URLs only.
resource "google_storage_bucket" "media" {
  project                     = var.project
  name                        = "${var.project}-rostrum-media"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  # What was deleted by mistake can be had back for a week.
  soft_delete_policy {
    retention_duration_seconds = 7 * 24 * 3600
  }

  # Uploads that broke off.
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }

  # Files that nobody reads any more cost half; they are never deleted here, only by who owns them.
  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "NEARLINE"
    }
    condition {
      age                   = 90
      matches_storage_class = ["STANDARD"]
    }
  }

  dynamic "cors" {
    for_each = length(var.upload_origins) == 0 ? [] : [var.upload_origins]
    content {
      origin          = cors.value
      method          = ["GET", "HEAD", "PUT"]
      response_header = ["Content-Type", "Content-Length", "ETag"]
      max_age_seconds = 3600
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

# The functions' bundles. An older one is needed only to go back to it.
resource "google_storage_bucket" "bundles" {
  project                     = var.project
  name                        = "${var.project}-rostrum-bundles"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      days_since_noncurrent_time = 90
    }
  }
}

resource "google_storage_bucket_iam_member" "media" {
  for_each = var.accounts
  bucket   = google_storage_bucket.media.name
  role     = "roles/storage.objectUser"
  member   = "serviceAccount:${each.value}"
}
