# What must not even be planned.
mock_provider "google" {}

variables {
  project = "rostrum-test"
  region  = "europe-west1"
}

run "a_secret_is_no_setting" {
  command = plan
  variables {
    settings = { FACEBOOK_CLIENT_SECRET = "in plain sight" }
  }
  expect_failures = [var.settings]
}

run "what_terraform_sets_is_no_setting" {
  command = plan
  variables {
    settings = { ROSTRUM_INVOKER = "somebody@else.example" }
  }
  expect_failures = [var.settings]
}

run "a_secret_that_no_setting_has" {
  command = plan
  variables {
    secrets_in_use = ["FACEBOOK_CLIENT_SECRETE"]
  }
  expect_failures = [var.secrets_in_use]
}

run "a_zone_is_no_region" {
  command = plan
  variables {
    region = "europe-west1-b"
  }
  expect_failures = [var.region]
}
