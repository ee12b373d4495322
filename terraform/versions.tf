terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.0"
    }
  }

  # Partial: `terraform init -backend-config=bucket=… -backend-config=prefix=rostrum` (docs/deploy.md).
  backend "gcs" {}
}

provider "google" {
  project = var.project
  region  = var.region
}
