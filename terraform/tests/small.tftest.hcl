# Plans with a provider that makes nothing (scripts/terraform). What a plan has to hold is asserted in scripts/terraform/rules.py.
mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }
}

variables {
  project = "rostrum-test"
  region  = "europe-west1"
}

run "small" {
  command = plan
}
