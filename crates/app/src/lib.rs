//! The business of Santing: one folder per capability.

pub mod city;
pub mod web;
